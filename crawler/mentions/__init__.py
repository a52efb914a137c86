"""Days and deadlines that sentences mention."""
