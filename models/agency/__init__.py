"""What those who register others work with: agents, lists, households, associations, a village's places."""
