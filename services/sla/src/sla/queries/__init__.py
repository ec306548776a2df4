"""What may be asked: functions of a read session."""
