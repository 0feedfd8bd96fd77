"""The officers' desk: registrations, payments, protected days, agents, and how the sending goes."""
