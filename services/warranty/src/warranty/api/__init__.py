"""HTTP in and out: shapes and routes, one module per resource."""
