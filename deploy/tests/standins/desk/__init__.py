"""A service in miniature for the supervisor's tests: it migrates at once and answers `/readyz`."""
