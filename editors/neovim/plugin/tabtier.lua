-- Read at the start; what it names is read when it is used.

if vim.g.loaded_tabtier then
  return
end
vim.g.loaded_tabtier = true

vim.api.nvim_create_user_command('Tabtier', function(command)
  require('tabtier.command').run(command.fargs)
end, {
  nargs = '*',
  complete = function(lead, line)
    return require('tabtier.command').complete(lead, line)
  end,
  desc = 'Explain, pause, ask a bigger model and more',
})
