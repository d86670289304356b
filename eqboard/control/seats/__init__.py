"""My telephone: where somebody sits, who they are on EQ, and acting there in their own name."""
