"""Small servers that do nothing but send a text to everybody: what the product is compared to.

Each says its port in a line, and then sends what it reads: four bytes that tell a length, and so much text. All but the
channel layer, which is told over Redis.
"""
