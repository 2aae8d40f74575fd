-- The configuration of the Neovim under test: our own plugin folder as a user would have it, and a
-- record of what the driver needs to know but no screen shows.
--
-- `Probe.state()` says whether the completion for exactly this text and cursor has been answered, so
-- the driver waits for that instead of for time. `Probe.ghosts` lists every ghost text ever drawn with
-- the line it was drawn on, so a stale one cannot slip by between two looks.

local setup = vim.json.decode(vim.env.TABTIER_SETUP)
vim.o.swapfile = false
vim.o.more = false
vim.o.shortmess = vim.o.shortmess .. 'aAIWs'
vim.o.cmdheight = 10
vim.opt.runtimepath:prepend(setup.plugin)

vim.lsp.config('tabtier', {
  cmd = setup.command,
  capabilities = setup.encodings and { general = { positionEncodings = setup.encodings } } or nil,
})
require('tabtier').setup(setup.key)

local space = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')
local pending = {} -- request → the moment it was sent in
local newest -- the last request sent
local settled -- the moment of the newest request, once it is answered

Probe = { ghosts = {}, requests = 0 }

local function moment()
  local cursor = vim.api.nvim_win_get_cursor(0)
  return ('%d:%d:%d'):format(vim.b.changedtick, cursor[1], cursor[2])
end

vim.api.nvim_create_autocmd('LspRequest', {
  callback = function(event)
    local request, id = event.data.request, event.data.request_id
    if request.method ~= 'textDocument/inlineCompletion' then
      return
    end
    if request.type == 'pending' then
      pending[id] = moment()
      newest = id
      Probe.requests = Probe.requests + 1
    elseif request.type == 'complete' then
      if id == newest then
        settled = pending[id]
      end
      pending[id] = nil
    end
  end,
})

local function drawn(details)
  local text = details.virt_text and details.virt_text[1] and details.virt_text[1][1] or ''
  for _, line in ipairs(details.virt_lines or {}) do
    text = text .. '\n' .. (line[1] and line[1][1] or '')
  end
  return text
end

local set_extmark = vim.api.nvim_buf_set_extmark
vim.api.nvim_buf_set_extmark = function(buffer, namespace, row, col, options)
  if namespace == space then
    local line = vim.api.nvim_buf_get_lines(buffer, row, row + 1, false)[1]
    table.insert(Probe.ghosts, { line = line, column = col, text = drawn(options) })
  end
  return set_extmark(buffer, namespace, row, col, options)
end

function Probe.state()
  local ghost = vim.NIL
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
    ghost = drawn(mark[4])
  end
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'tabtier' })[1]
  return {
    attached = client ~= nil and client.initialized == true,
    tick = vim.b.changedtick,
    mode = vim.api.nvim_get_mode().mode,
    lines = vim.api.nvim_buf_get_lines(0, 0, -1, false),
    cursor = vim.api.nvim_win_get_cursor(0),
    ghost = ghost,
    pending = vim.tbl_count(pending),
    settled = settled == moment() and vim.tbl_isempty(pending),
  }
end
