"""The office: who and what there is, by id and by extension; who is signed in; what the installation says of itself."""
