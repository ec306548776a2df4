"""Questions about what warranty stores: selects that lists are cut from, and single things."""
