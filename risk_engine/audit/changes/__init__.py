"""What a change of criteria says: every single difference between two versions, to be shown, made alone or put back."""
