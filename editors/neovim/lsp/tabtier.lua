-- How Neovim starts Tabtier: found by `vim.lsp.enable('tabtier')` on the runtime path.
--
-- No `filetypes`: one server serves every language, so it attaches to every file. The markers name the
-- top of a project, whose other files the local engine may learn names from.

---@type vim.lsp.Config
return {
  cmd = { 'tabtier', 'serve' },
  root_markers = { '.tabtier.toml', '.git', '.jj', '.hg' },
  init_options = { notifications = { 'tabtier/status', 'tabtier/late' } },
  handlers = {
    ['tabtier/status'] = function(_, status, context)
      require('tabtier.client').heard(status, context)
    end,
    ['tabtier/late'] = function(_, late, context)
      require('tabtier.client').late(late, context)
    end,
  },
  on_init = function(client)
    require('tabtier.client').watch(client)
  end,
}
