"""Forecasts at the desk: histories in and out of the store, runs of the room `forecast`, what screens show."""
