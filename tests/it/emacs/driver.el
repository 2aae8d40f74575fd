;; Completes in one file the way a person does, in an Emacs without a display. What is wrong ends it
;; with an error; the file is compared by the test.

(setq eglot-sync-connect 20
      native-comp-jit-compilation nil
      native-comp-enable-subr-trampolines nil
      make-backup-files nil
      coding-system-for-write nil)
(prefer-coding-system 'utf-8)

(load (getenv "TABTIER_SNIPPET"))
(find-file (getenv "TABTIER_FILE"))
;; No mode for the language comes along; eglot's entry is for every mode.
(prog-mode)
(apply #'eglot (eglot--guess-contact))

(goto-char (point-min))
(search-forward "fn main() {")
(insert "\n" (getenv "TABTIER_TYPED"))

;; The server learns the names of a file in the background soon after it was opened.
(let ((before (buffer-string)) (tries 0))
  (while (and (equal before (buffer-string)) (< tries 100))
    (setq tries (1+ tries))
    (completion-at-point)
    (sleep-for 0.1)))

(save-buffer)
(eglot-shutdown (eglot-current-server))
