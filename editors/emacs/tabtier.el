;; Tabtier in Emacs, by the built-in eglot: completion at point, in every programming and text mode.
;; eglot runs one server for a buffer; where you have another for a language, keep that one there.

(require 'eglot)

(add-to-list 'eglot-server-programs '((prog-mode text-mode) . ("tabtier" "serve")) t)

(add-hook 'prog-mode-hook #'eglot-ensure)
