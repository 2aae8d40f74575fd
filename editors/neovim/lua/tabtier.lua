-- Accepts the ghost text that Neovim shows, also right after typing into it, and hides it while it does
-- not fit what was typed.
--
-- `vim.lsp.inline_completion.get()` inserts a suggestion over the range it was asked for. Keys typed
-- since then lie outside that range, so in the moment before the next answer (Neovim asks 200 ms after
-- the last key) accepting `compute_to|tal` after typing the `t` gives `compute_totalt`, and after a key
-- that contradicts the suggestion it mixes the two. Here the cursor's place at the time of the request
-- is remembered, the range is moved along with what was typed, and a suggestion that no longer fits is
-- dropped instead of inserted. In the same moment Neovim goes on to draw the tail of a suggestion that
-- the last key contradicted (`tot|owned`, `tota|wned`, `total|ned`); here it is taken off the screen.
-- It uses the public interface of Neovim 0.12 and the name of the namespace that the ghost text is in.

local M = {}

local method = 'textDocument/inlineCompletion'
---@class tabtier.Asked where the cursor stood when a suggestion was asked for
---@field row integer 0-based
---@field col integer 0-based, bytes
---@field line string

local space = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')
local group = vim.api.nvim_create_augroup('tabtier', {})

---@class tabtier.Shown a suggestion as it was drawn when it came
---@field at tabtier.Asked
---@field text string its first line

local shown = {} ---@type table<integer, tabtier.Shown?> by buffer
local asked = {} ---@type table<string, tabtier.Asked> by client and request
local answered = {} ---@type table<integer, tabtier.Asked?> the last one answered, by client

---@return tabtier.Asked
local function here()
  local cursor = vim.api.nvim_win_get_cursor(0)
  return { row = cursor[1] - 1, col = cursor[2], line = vim.api.nvim_get_current_line() }
end

--- The column where the replaced text ends now, or nil if the suggestion does not fit any more.
---@param was tabtier.Asked
---@param now tabtier.Asked
---@param from integer
---@param to integer the range's end when it was asked for
---@param text string
---@return integer?
local function moved_end(was, now, from, to, text)
  local typed_over = now.line:sub(from + 1, now.col)
  local rest_was, rest_now = was.line:sub(was.col + 1), now.line:sub(now.col + 1)
  local fits = was.row == now.row
    and was.col <= to
    and was.line:sub(1, from) == now.line:sub(1, from)
    and rest_was == rest_now
    and vim.startswith(text, typed_over)
  return fits and to + now.col - was.col or nil
end

--- The first line of the ghost text in a buffer, or nil where there is none.
---@param buffer integer
---@return string?
local function drawn(buffer)
  local mark = vim.api.nvim_buf_get_extmarks(buffer, space, 0, -1, { details = true })[1]
  local text = mark and mark[4] and mark[4].virt_text
  return text and text[1] and text[1][1]
end

--- Whether what a buffer shows, or would show, fits what has been typed since.
---@param buffer integer
---@return boolean
local function fits(buffer)
  local was = shown[buffer]
  return not was or moved_end(was.at, here(), was.at.col, was.at.col, was.text) ~= nil
end

--- Watches the suggestion that was drawn for the text as it is now. Neovim draws it anew at each key, in
--- handlers it made before this, so ours run after them.
---@param buffer integer
local function watch(buffer)
  local text = drawn(buffer)
  shown[buffer] = text and { at = here(), text = text }
  local events = { 'CursorMovedI', 'TextChangedP' }
  vim.api.nvim_clear_autocmds({ group = group, event = events, buffer = buffer })
  if text then
    vim.api.nvim_create_autocmd(events, {
      group = group,
      buffer = buffer,
      desc = 'Hide a suggestion that does not fit',
      callback = function()
        if not fits(buffer) then
          vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
        end
      end,
    })
  end
end

vim.api.nvim_create_autocmd('LspRequest', {
  group = group,
  desc = 'Remember where suggestions were asked for',
  callback = function(event)
    local data = event.data
    if data.request.method ~= method then
      return
    end
    local key = data.client_id .. ':' .. data.request_id
    if data.request.type == 'pending' and event.buf == vim.api.nvim_get_current_buf() then
      asked[key] = here()
    elseif data.request.type == 'complete' then
      local at = asked[key]
      answered[data.client_id] = at
      asked[key] = nil
      -- Neovim draws the answer in a callback that is scheduled already. Where the text has moved on it
      -- was overtaken, and what is known of the suggestion before it still holds.
      vim.schedule(function()
        if event.buf == vim.api.nvim_get_current_buf() and vim.deep_equal(at, here()) then
          watch(event.buf)
        end
      end)
    end
  end,
})

--- Inserts a suggestion where it belongs now; the `on_accept` of `vim.lsp.inline_completion.get`.
---@param item vim.lsp.inline_completion.Item
local function insert(item)
  local text, was, now = item.insert_text, answered[item.client_id], here()
  if type(text) ~= 'string' or not item.range or not was then
    return item
  end
  local row, from, end_row, to = item.range:to_extmark()
  if row ~= now.row or end_row ~= row then
    return nil
  end
  local end_col = moved_end(was, now, from, to, text)
  if not end_col then
    return nil
  end
  local lines = vim.split(text, '\n', { plain = true })
  vim.api.nvim_buf_set_text(0, row, from, row, end_col, lines)
  local last = row + #lines
  vim.api.nvim_win_set_cursor(0, { last, (#lines == 1 and from or 0) + #lines[#lines] })
  local client = vim.lsp.get_client_by_id(item.client_id)
  if item.command and client then
    client:exec_cmd(item.command, { bufnr = vim.api.nvim_get_current_buf() })
  end
end

--- Accepts the suggestion on the screen. False where there is none, so a mapping can do something else.
---@return boolean
function M.accept()
  return fits(vim.api.nvim_get_current_buf()) and vim.lsp.inline_completion.get({ on_accept = insert })
end

--- The rest of the README's three lines: ghost text on, and one key that accepts it.
---@param key string? `<Tab>` if not given
function M.setup(key)
  key = key or '<Tab>'
  vim.lsp.enable('tabtier')
  vim.lsp.inline_completion.enable()
  vim.keymap.set('i', key, function()
    return M.accept() and '' or key
  end, { expr = true, desc = 'Accept the suggestion' })
end

return M
