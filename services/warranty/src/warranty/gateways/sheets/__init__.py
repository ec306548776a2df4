"""Spreadsheets that people send: read by a process of its own, so that no broken or hostile one does harm.

Only what that process takes out of a file comes back, in batches; neither memory nor event loop of the
service depend on what is inside.
"""
