"""What lies outside: one module or package per neighbour, with a Protocol where tests need another one."""
