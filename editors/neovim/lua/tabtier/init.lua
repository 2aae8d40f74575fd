-- What a user's configuration calls; `:help tabtier` describes it.

local M = {}

---@class tabtier.Keys keys in insert mode; false leaves one out
---@field accept? string|false
---@field accept_word? string|false
---@field accept_line? string|false
---@field next? string|false
---@field better? string|false
---@field dismiss? string|false

---@type tabtier.Keys
local defaults = {
  accept = '<Tab>',
  accept_word = '<M-w>',
  accept_line = '<M-l>',
  next = '<M-]>',
  better = '<M-b>',
  dismiss = '<C-]>',
}

local has_ghost_text = vim.lsp.inline_completion ~= nil

--- Accepts the suggestion on the screen. False where there is none, so a mapping can do something else.
---@return boolean
function M.accept()
  return has_ghost_text and require('tabtier.suggestion').accept()
end

--- Accepts the next word of it.
---@return boolean
function M.accept_word()
  local suggestion = require('tabtier.suggestion')
  return has_ghost_text and suggestion.accept_part(suggestion.first_word)
end

--- Accepts the rest of its first line.
---@return boolean
function M.accept_line()
  local suggestion = require('tabtier.suggestion')
  return has_ghost_text and suggestion.accept_part(suggestion.first_line)
end

--- Shows the next suggestion where there are several.
---@return boolean
function M.next()
  if has_ghost_text then
    vim.lsp.inline_completion.select()
  end
  return has_ghost_text
end

--- Asks a bigger model, one tier up for each time at one place.
---@return boolean
function M.better()
  if has_ghost_text then
    require('tabtier.client').better()
  end
  return has_ghost_text
end

--- Takes the suggestion off the screen.
---@return boolean
function M.dismiss()
  return has_ghost_text and require('tabtier.suggestion').dismiss()
end

---@param usd number
local function money(usd)
  return usd > 0 and usd < 0.0001 and '<$0.0001' or ('$%.' .. (usd < 0.01 and 4 or 2) .. 'f'):format(usd)
end

--- For a status line: who the last suggestion came from, what is spent, and whether something is wrong.
--- Empty where the server does not run.
---@return string
function M.status()
  local status = require('tabtier.client').status()
  if not status then
    return ''
  end
  if status.state ~= 'on' then
    return 'tabtier ' .. status.state
  end
  local parts = { 'tabtier' }
  table.insert(parts, status.last and status.last.tier)
  local spent = status.today and status.today.spent_usd or status.spent_usd
  if spent > 0 then
    local cap = status.today and status.today.cap_usd
    table.insert(parts, money(spent) .. (cap and ' / ' .. money(cap) or ''))
  end
  table.insert(parts, status.problem and '!')
  return table.concat(parts, ' ')
end

--- The menu instead of ghost text, for a Neovim that has none.
local function use_menu()
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('tabtier.menu', {}),
    desc = 'Complete from Tabtier in the menu',
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == 'tabtier' then
        vim.lsp.completion.enable(true, client.id, event.buf, { autotrigger = true })
      end
    end,
  })
end

--- Starts the server for every file, switches ghost text on, and maps keys in insert mode. A key falls
--- back to what it does otherwise where there is no suggestion.
---@param keys? tabtier.Keys|string what differs from the defaults; a string is the key that accepts
function M.setup(keys)
  if type(keys) == 'string' then
    keys = { accept = keys }
  end
  -- Some plugin managers put this on the runtime path after the plugins were read.
  vim.cmd.runtime('plugin/tabtier.lua')
  vim.lsp.enable('tabtier')
  if not has_ghost_text then
    use_menu()
    return
  end
  vim.lsp.inline_completion.enable()
  for name, key in pairs(vim.tbl_extend('force', defaults, keys or {})) do
    if key then
      vim.keymap.set('i', key, function()
        return M[name]() and '' or key
      end, { expr = true, desc = 'Tabtier: ' .. name:gsub('_', ' ') })
    end
  end
end

return M
