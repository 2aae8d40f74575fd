-- `:checkhealth tabtier`: whether everything is there and how it stands.

local M = {}

local function run(command)
  local ok, done = pcall(function()
    return vim.system(command, { text = true }):wait(5000)
  end)
  return ok and done or { code = -1, stdout = '', stderr = tostring(done) }
end

local function check_editor()
  if vim.lsp.inline_completion then
    vim.health.ok('Neovim ' .. tostring(vim.version()) .. ' shows ghost text')
    if not vim.lsp.inline_completion.is_enabled() then
      vim.health.warn('ghost text is switched off', "call require('tabtier').setup()")
    end
  elseif vim.fn.has('nvim-0.11') == 1 then
    vim.health.warn('Neovim 0.11 has no ghost text: suggestions are in the menu', 'use Neovim 0.12')
  else
    vim.health.error('Neovim is too old', 'use Neovim 0.11, better 0.12')
  end
end

--- The words that run the program, whatever comes before it, or nil.
---@return string[]?
local function check_program()
  local command = vim.lsp.config.tabtier and vim.lsp.config.tabtier.cmd
  if type(command) ~= 'table' then
    vim.health.error('no configuration named tabtier', 'put this plugin on the runtime path')
    return
  end
  local program = vim.fn.exepath(command[1])
  if program == '' then
    vim.health.error(
      command[1] .. ' is not on the PATH',
      "install it, or name it: vim.lsp.config('tabtier', { cmd = { '/path/to/tabtier', 'serve' } })"
    )
    return
  end
  local words = vim.list_extend({}, command)
  if words[#words] == 'serve' then
    table.remove(words)
  end
  local version = run(vim.list_extend(vim.list_extend({}, words), { '--version' }))
  if version.code ~= 0 then
    vim.health.error(program .. ' does not run', vim.trim(version.stderr))
    return
  end
  vim.health.ok(vim.trim(version.stdout) .. ': ' .. table.concat(words, ' '))
  return words
end

local function check_server()
  if not vim.lsp.is_enabled('tabtier') then
    vim.health.error('the server is not enabled', "call require('tabtier').setup()")
    return
  end
  local client = require('tabtier.client').get()
  if not client then
    vim.health.warn('the server does not run', 'open a file; look at :Tabtier log')
    return
  end
  local info = client.server_info or {}
  vim.health.ok(('the server runs: version %s, %s'):format(info.version or '?', client.offset_encoding))
  local status = require('tabtier.client').status()
  local problem = status and status.problem
  if problem then
    vim.health.warn(problem.message, problem.remedy)
  end
end

---@param words string[]
local function check_settings(words)
  local checked = run(vim.list_extend(vim.list_extend({}, words), { 'config', 'check' }))
  local say = checked.code == 0 and vim.health.info or vim.health.error
  say(vim.trim(checked.stdout .. checked.stderr))
end

function M.check()
  vim.health.start('Tabtier')
  check_editor()
  local words = check_program()
  check_server()
  vim.health.info('log: ' .. vim.lsp.log.get_filename())
  if words then
    vim.health.start('Settings')
    check_settings(words)
  end
end

return M
