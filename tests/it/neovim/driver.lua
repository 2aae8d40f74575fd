-- Drives a real Neovim the way a person does, and reports what it showed:
--
--   nvim -u NONE -i NONE -l driver.lua JOB.json
--
-- The job names a file to edit, the child's init and a list of steps; after each step the state of the
-- editor is recorded. One JSON object goes to stdout. Keys go in one at a time and each is seen to have
-- arrived before the next; every wait is for a condition in the child and has a bound. The editor that
-- runs this file only talks to the child, so no other language is needed for it.

local job = vim.json.decode(table.concat(vim.fn.readfile(arg[1]), '\n'))
local bound_ms = job.bound_ms or 15000
local seen = { steps = {} }
local child

local function finish(code)
  io.stdout:write(vim.json.encode(seen), '\n')
  io.stdout:flush()
  os.exit(code)
end

-- A child that hangs in a prompt would hang rpcrequest too: the whole run has a bound of its own.
vim.uv.new_timer():start(job.total_ms or 120000, 0, function()
  seen.error = 'the whole run took too long'
  finish(1)
end)

local function state()
  local mode = vim.rpcrequest(child, 'nvim_get_mode')
  if mode.blocking then
    error('Neovim waits for an answer to a prompt')
  end
  return vim.rpcrequest(child, 'nvim_exec_lua', 'return Probe.state()', {})
end

local function await(what, holds)
  local now
  local ok = vim.wait(bound_ms, function()
    now = state()
    return holds(now)
  end, 4)
  if not ok then
    error(('waited %d ms for %s; %s'):format(bound_ms, what, vim.json.encode(now)))
  end
  return now
end

local function has_ghost(now)
  return now.ghost ~= vim.NIL and now.ghost ~= ''
end

local conditions = {
  attached = function(now)
    return now.attached
  end,
  insert = function(now)
    return now.mode == 'i'
  end,
  normal = function(now)
    return now.mode == 'n'
  end,
  ghost = has_ghost,
  settled = function(now)
    return now.settled
  end,
  pending = function(now)
    return now.pending > 0
  end,
}

local named = { ['<'] = '<lt>', ['\n'] = '<CR>' }

local function type_text(text)
  for _, key in ipairs(vim.fn.split(text, [[\zs]])) do
    local before = state().tick
    vim.rpcrequest(child, 'nvim_input', named[key] or key)
    await('the key ' .. key, function(now)
      return now.tick ~= before
    end)
  end
end

-- Accepting is scheduled by Neovim: the ghost goes and the text comes in one turn, so the end of the
-- ghost is the end of it, whether or not the suggestion still fitted and was inserted.
local actions = {
  type = type_text,
  keys = function(keys)
    vim.rpcrequest(child, 'nvim_input', keys)
  end,
  lua = function(code)
    return vim.rpcrequest(child, 'nvim_exec_lua', code, {})
  end,
  await = function(name)
    await(name, conditions[name])
  end,
  ghost = function(text)
    await('the ghost text ' .. text, function(now)
      return now.ghost == text
    end)
  end,
  -- Until an expression in the child gives this value.
  becomes = function(wanted)
    await(wanted.lua, function()
      return vim.rpcrequest(child, 'nvim_exec_lua', 'return ' .. wanted.lua, {}) == wanted.value
    end)
  end,
  accept = function(code)
    local before = state().tick
    local got = vim.rpcrequest(child, 'nvim_exec_lua', 'return ' .. code, {})
    if got then
      await('the accepted text', function(now)
        return now.tick ~= before or not has_ghost(now)
      end)
    end
    return got
  end,
}

local function run()
  child = vim.fn.jobstart({
    -- The child may be another version, with a runtime of its own.
    'env',
    '-u',
    'VIMRUNTIME',
    job.child,
    '--embed',
    '--headless',
    '-i',
    'NONE',
    '-u',
    job.init,
    job.file,
  }, { rpc = true, cwd = job.cwd, env = { TABTIER_SETUP = vim.json.encode(job.setup) } })
  await('the server to attach', conditions.attached)
  for _, step in ipairs(job.steps) do
    local action, argument = next(step)
    local got = actions[action](argument)
    local now = state()
    now.got = got
    table.insert(seen.steps, now)
  end
end

local ok, message = pcall(run)
if not ok then
  seen.error = message
end
if child and child > 0 then
  pcall(function()
    seen.ghosts = vim.rpcrequest(child, 'nvim_exec_lua', 'return Probe.ghosts', {})
    seen.requests = vim.rpcrequest(child, 'nvim_exec_lua', 'return Probe.requests', {})
    seen.messages = vim.rpcrequest(child, 'nvim_exec_lua', "return vim.fn.execute('messages')", {})
  end)
  seen.pid = vim.fn.jobpid(child)
  if job.quit == 'kill' then
    vim.uv.kill(seen.pid, 'sigkill')
  else
    vim.rpcnotify(child, 'nvim_input', '<Esc>:qa!<CR>')
  end
  seen.exit = vim.fn.jobwait({ child }, bound_ms)[1]
end
finish(ok and 0 or 1)
