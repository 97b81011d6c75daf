"""Calendars: opening windows, holidays and closures, and what of them iCalendar can tell.

It answers when a desk is open and how much open time lies between two instants. Which calendar a
queue keeps is the queue's to say.
"""
