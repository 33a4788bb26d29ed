// Keeps the library buildable while it holds headers only.
