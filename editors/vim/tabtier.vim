" Tabtier in Vim 9, by the plugin yegappan/lsp: the completion menu, in every file type.

autocmd User LspSetup call LspAddServer([#{
      \ name: 'tabtier',
      \ filetype: ['*'],
      \ path: exepath('tabtier'),
      \ args: ['serve'],
      \ }])
