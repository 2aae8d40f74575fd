-- What the server and this plugin say to each other besides the standard; see docs/protocol.md.

local suggestion = require('tabtier.suggestion')

local M = {}

local method = 'textDocument/inlineCompletion'

---@class tabtier.Problem
---@field message string
---@field remedy string

---@class tabtier.Status what `tabtier/status` says
---@field state 'on'|'paused'|'off'
---@field override string
---@field last? { tier: string, model?: string }
---@field spent_usd number
---@field today? { spent_usd: number, cap_usd?: number }
---@field problem? tabtier.Problem

---@class tabtier.Late what `tabtier/late` says
---@field textDocument { uri: string, version: integer }
---@field position lsp.Position

local statuses = {} ---@type table<integer, tabtier.Status?> the last one, by client
local wants_better = false

--- The client of this server for a buffer, or any.
---@param buffer integer?
---@return vim.lsp.Client?
function M.get(buffer)
  local here = vim.lsp.get_clients({ name = 'tabtier', bufnr = buffer or 0 })[1]
  return here or vim.lsp.get_clients({ name = 'tabtier' })[1]
end

--- The last status of the server, or nil where none runs.
---@return tabtier.Status?
function M.status()
  local client = M.get()
  return client and statuses[client.id]
end

--- JSON's null as Lua's nil, at every depth.
local function plain(value)
  if type(value) ~= 'table' then
    return value ~= vim.NIL and value or nil
  end
  return vim.tbl_map(plain, value)
end

--- The server says how it stands.
---@param status tabtier.Status
---@param context lsp.HandlerContext
function M.heard(status, context)
  statuses[context.client_id] = plain(status)
  vim.cmd.redrawstatus({ bang = true })
end

--- An answer has come that was missing: ask again if the cursor still waits for it.
---@param late tabtier.Late
---@param context lsp.HandlerContext
function M.late(late, context)
  local buffer = vim.uri_to_bufnr(late.textDocument.uri)
  local client = vim.lsp.get_client_by_id(context.client_id)
  local is_here = client
    and buffer == vim.api.nvim_get_current_buf()
    and vim.startswith(vim.api.nvim_get_mode().mode, 'i')
    and vim.lsp.util.buf_versions[buffer] == late.textDocument.version
  if not client or not is_here then
    return
  end
  local position = vim.lsp.util.make_position_params(0, client.offset_encoding).position
  if vim.deep_equal(position, late.position) then
    suggestion.ask_again()
  end
end

--- Asks for a better answer at the cursor than the one there was.
function M.better()
  wants_better = true
  suggestion.ask_again()
end

--- What is shown as wrong on the cursor's line, as the protocol has it.
---@param buffer integer
---@param line integer 0-based
---@return lsp.Diagnostic[]
local function problems(buffer, line)
  local severity = { min = vim.diagnostic.severity.WARN }
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer, { lnum = line, severity = severity })) do
    -- As the server that found it sent it: only then are the columns counted as ours are.
    local sent = vim.tbl_get(one, 'user_data', 'lsp')
    if sent and sent.range then
      table.insert(found, { range = sent.range, message = one.message, severity = one.severity })
    end
  end
  return found
end

--- Adds to each request for ghost text what Neovim cannot say, and looks at each answer.
---@param client vim.lsp.Client
function M.watch(client)
  local request = client.request
  ---@diagnostic disable-next-line: duplicate-set-field
  client.request = function(self, name, params, handler, buffer)
    if name ~= method then
      return request(self, name, params, handler, buffer)
    end
    local context = params.context
    if wants_better then
      context.better, wants_better = true, false
    end
    local found = problems(buffer or 0, params.position.line)
    if #found > 0 then
      context.diagnostics = found
    end
    return request(self, name, params, function(err, result, ...)
      if result then
        suggestion.offered(client, result.items or result)
      end
      return handler(err, result, ...)
    end, buffer)
  end
end

--- Runs a command of the server; `done` gets its result.
---@param command string such as `explain`
---@param arguments any[]
---@param done? fun(result: any)
function M.run(command, arguments, done)
  local client = M.get()
  if not client then
    vim.notify('Tabtier does not run; see :checkhealth tabtier', vim.log.levels.ERROR)
    return
  end
  local params = { command = 'tabtier.' .. command, arguments = arguments }
  client:request('workspace/executeCommand', params, function(err, result)
    if err then
      vim.notify('Tabtier: ' .. err.message, vim.log.levels.ERROR)
    elseif done then
      done(plain(result))
    end
  end)
end

return M
