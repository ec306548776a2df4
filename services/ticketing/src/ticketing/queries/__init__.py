"""What may be asked: functions of a read session, and the selects that lists are cut from."""
