"""SQL that a person gives: cut, judged, shown."""
