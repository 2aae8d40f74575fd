-- The `:Tabtier` command.

local client = require('tabtier.client')

local M = {}

local overrides = { 'auto', 'local', 'fast', 'mid', 'flagship' }

--- Shows a text in a window of its own that `q` closes.
---@param title string
---@param text string
local function show(title, text)
  vim.cmd('botright new')
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(text), '\n'))
  vim.bo[buffer].buftype = 'nofile'
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].modifiable = false
  vim.api.nvim_buf_set_name(buffer, ('tabtier://%s/%d'):format(title, buffer))
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, desc = 'Close' })
end

--- What is worth reading of a status.
---@param status tabtier.Status
local function describe(status)
  local lines = { 'state     ' .. status.state, 'override  ' .. status.override }
  if status.last then
    table.insert(lines, ('last      %s, %s'):format(status.last.tier, status.last.model or 'this machine'))
  end
  table.insert(lines, ('spent     $%.6f since the server started'):format(status.spent_usd))
  if status.problem then
    table.insert(lines, 'problem   ' .. status.problem.message)
    table.insert(lines, '          ' .. status.problem.remedy)
  end
  return table.concat(lines, '\n')
end

---@type table<string, fun(argument: string?)>
local actions = {
  better = client.better,
  config = function()
    client.run('status', {}, function(status)
      vim.cmd.edit(vim.fn.fnameescape(status.settings_file))
    end)
  end,
  explain = function()
    client.run('explain', {}, function(explanation)
      show('explain', explanation and explanation.text or 'Nothing was asked yet.')
    end)
  end,
  health = function()
    vim.cmd.checkhealth('tabtier')
  end,
  log = function()
    vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.log.get_filename()))
  end,
  override = function(tier)
    client.run('setOverride', { tier or 'auto' })
  end,
  pause = function()
    client.run('pause', {})
  end,
  policy = function()
    client.run('policy', { vim.uri_from_bufnr(0) }, function(policy)
      show('policy', policy.text)
    end)
  end,
  restart = function()
    vim.lsp.enable('tabtier', false)
    vim.wait(2000, function()
      return client.get() == nil
    end)
    vim.lsp.enable('tabtier')
  end,
  resume = function()
    client.run('resume', {})
  end,
  status = function()
    local status = client.status()
    show('status', status and describe(status) or 'Tabtier does not run; see :checkhealth tabtier.')
  end,
}

--- Runs a subcommand.
---@param words string[]
function M.run(words)
  local action = actions[words[1] or 'status']
  if action then
    action(words[2])
  else
    vim.notify('Tabtier: no command ' .. words[1], vim.log.levels.ERROR)
  end
end

--- Completes a subcommand or its argument.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local is_argument = line:match('^%s*%S+%s+override%s')
  local words = is_argument and overrides or vim.tbl_keys(actions)
  table.sort(words)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

return M
