"""Situation reports at the desk: what one reads of the store, drafted by the room `report`, kept and edited."""
