/* In the frame of a preview: the screen that a wall measures itself by is the frame, not the one on somebody's desk. */
window.screen = { width: innerWidth, height: innerHeight };
