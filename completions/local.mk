# SPDX-License-Identifier: MIT

bashcompletiondir = $(datadir)/bash-completion/completions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
zshcompletiondir = $(datadir)/zsh/site-functions

dist_bashcompletion_DATA = completions/shmrun.bash
dist_fishcompletion_DATA = completions/shmrun.fish
dist_zshcompletion_DATA = completions/_shmrun

EXTRA_DIST += completions/README.md scripts/make-completions
