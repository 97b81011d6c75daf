"""What is told of the whole desk: reports, health, the audit, events and who subscribes."""
