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

local offered = {} ---@type table<integer, lsp.Command?> what reports the last suggestion, by client

--- Says how many characters of a suggestion were taken; none means that it was dismissed.
---@param client vim.lsp.Client
---@param command lsp.Command
---@param characters integer
local function report(client, command, characters)
  local arguments = { command.arguments[1], characters }
  client:exec_cmd({ title = '', command = command.command, arguments = arguments })
end

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

--- The first line of the ghost text in a buffer, or nil where there is none, and the lines below it.
---@param buffer integer
---@return string?, string[]
local function drawn(buffer)
  local mark = vim.api.nvim_buf_get_extmarks(buffer, space, 0, -1, { details = true })[1]
  local details = mark and mark[4] or {}
  local below = vim.tbl_map(function(line)
    return line[1] and line[1][1] or ''
  end, details.virt_lines or {})
  local text = details.virt_text
  return text and text[1] and text[1][1], below
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
  local text = drawn(buffer) ---@type string?
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

--- Takes the suggestion off the screen and tells the server that it was not wanted.
---@return boolean
function M.dismiss()
  return vim.lsp.inline_completion.get({
    on_accept = function(item)
      local client = vim.lsp.get_client_by_id(item.client_id)
      if item.command and client then
        report(client, item.command, 0)
      end
    end,
  })
end

--- What stands first in `text`: white space, then a word or a run of signs.
---@param text string
---@return string
function M.first_word(text)
  local word = '[%w_\128-\255]'
  return text:match('^%s*' .. word .. '+') or text:match('^%s*[^%w_%s\128-\255]+') or text
end

--- What `text` has before its second line; where it begins with a line break, before its third.
---@param text string
---@return string
function M.first_line(text)
  return text:match('^\n*[^\n]*')
end

--- Accepts the part of the suggestion that `part` cuts off its beginning. Neovim goes on to show the
--- rest by itself where it is on the same line; else the server is asked for it.
---@param part fun(text: string): string
---@return boolean
function M.accept_part(part)
  local buffer = vim.api.nvim_get_current_buf()
  local first, below = drawn(buffer)
  if not first or not fits(buffer) then
    return false
  end
  local text = table.concat({ first, unpack(below) }, '\n')
  local taken = part(text)
  if taken == text then
    return M.accept()
  end
  -- A mapping with <expr> must not change the text by itself.
  vim.schedule(function()
    local now = here()
    local lines = vim.split(taken, '\n', { plain = true })
    vim.api.nvim_buf_set_text(buffer, now.row, now.col, now.row, now.col, lines)
    local col = #lines == 1 and now.col or 0
    vim.api.nvim_win_set_cursor(0, { now.row + #lines, col + #lines[#lines] })
    for id, command in pairs(offered) do
      local client, was = vim.lsp.get_client_by_id(id), answered[id]
      if client and was and was.row == now.row then
        local all = now.line:sub(was.col + 1, now.col) .. taken
        report(client, command, vim.fn.strchars(all))
      end
    end
  end)
  return true
end

--- Asks anew about the place of the cursor, as if it had just come there.
function M.ask_again()
  local buffer = vim.api.nvim_get_current_buf()
  for _, command in ipairs(vim.api.nvim_get_autocmds({ event = 'CursorMovedI', buffer = buffer })) do
    if command.group_name and command.group_name:find('inline_completion', 1, true) then
      vim.api.nvim_exec_autocmds('CursorMovedI', {
        group = command.group,
        buffer = buffer,
        modeline = false,
      })
      return
    end
  end
end

--- A client was sent these items.
---@param client vim.lsp.Client
---@param items lsp.InlineCompletionItem[]
function M.offered(client, items)
  offered[client.id] = items[1] and items[1].command
end

return M
