"""Those who register others: agents, their lists as files, the paper they hand out, a village's places."""
