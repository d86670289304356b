"""THE LOUDSPEAKER: websockets, and the hub that feeds them."""
