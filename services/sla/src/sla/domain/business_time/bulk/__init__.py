"""The arithmetic of ``CompiledCalendar`` over arrays: int64 microseconds in, exactly the same results out.

The only room of the domain that needs numpy: import it where many clocks are counted again at once.
"""

from sla.domain.business_time.bulk.counting import BulkCalendar

__all__ = ["BulkCalendar"]
