"""Who owns what, what is free of charge, what is in stock, what runs and when it is looked after."""
