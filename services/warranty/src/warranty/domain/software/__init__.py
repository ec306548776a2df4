"""Software: versions and their order, releases and their life, the way from one to another."""
