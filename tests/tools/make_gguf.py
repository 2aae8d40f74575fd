#!/usr/bin/env python3
"""Writes a tiny GGUF model whose answers a test can know in advance.

    make_gguf.py chain OUT.gguf                          answers a fixed text, then ends
    make_gguf.py chain OUT.gguf --fim WORD... --chat WORD...   the same with other texts
    make_gguf.py random OUT.gguf                         answers noise and never ends

Nothing is downloaded: vocabulary and weights are made here, the same bytes on every run.

The model is a llama with 2 layers of 64 dimensions. Its vocabulary is one token for each of the 256
bytes, one for each word of the answers, and the control tokens of the qwen family. There are no
merges that apply, so a prompt costs exactly one token per byte and one per control token, and a test
can assert token counts and cache hits.

`chain` is a table in the shape of a model. Attention and feed-forward outputs are zero, so the state
at the last position is the embedding of the last token. Embeddings are orthogonal directions, and
the output matrix maps each direction to one successor:

    <|fim_middle|> -> first FIM word -> ... -> last FIM word -> <|endoftext|>
    line break     -> first chat word -> ... -> last chat word -> <|im_end|>
    any other byte -> first FIM word

(The chat template ends with a line break.) The successor's logit is about 32 and all others are
near 0, so the answer is the same at any temperature in use. Since only the last token counts, no
word may appear twice, and none may be a single byte, which is a token of the prompt already.

`random` has random weights everywhere. One dimension is held high in every embedding, and the output
matrix gives every control token a large negative weight there: no token that could end the answer is
ever likely. The text is noise, much of it no valid UTF-8.
"""

import argparse

import gguf
import numpy as np

DIM, LAYERS, HEADS, FEED_FORWARD = 64, 2, 4, 128
# Longer than any test needs: an endless answer must not end at the window.
CONTEXT = 131_072

FIM_WORDS = ["return", " a", " +", " b", ";\n"]
CHAT_WORDS = ["Hello", " from", " a tiny", " model."]

END_OF_TEXT, TURN_END, FIM_MIDDLE = "<|endoftext|>", "<|im_end|>", "<|fim_middle|>"
CONTROL = [
    END_OF_TEXT, "<|im_start|>", TURN_END, "<|fim_prefix|>", "<|fim_suffix|>", FIM_MIDDLE,
    "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
]
# What llama.cpp's /infill looks up; without these it refuses the model.
FIM_KEYS = {
    "fim_pre": "<|fim_prefix|>", "fim_suf": "<|fim_suffix|>", "fim_mid": FIM_MIDDLE,
    "fim_pad": "<|fim_pad|>", "fim_rep": "<|repo_name|>", "fim_sep": "<|file_sep|>",
}
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def byte_alphabet():
    """GPT-2's printable character for each byte, by which its tokenizers spell tokens."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {byte: chr(byte) for byte in printable}
    alphabet.update({byte: chr(256 + n) for n, byte in enumerate(others)})
    return alphabet


class Vocabulary:
    """Token ids: bytes first (a byte is its own id), then words, control tokens, padding."""

    def __init__(self, words):
        self.alphabet = byte_alphabet()
        self.tokens = [self.alphabet[byte] for byte in range(256)]
        self.types = [gguf.TokenType.NORMAL] * 256
        self.ids = {}
        for word in words:
            self._add(word, self.spell(word), gguf.TokenType.NORMAL)
        for token in CONTROL:
            self._add(token, token, gguf.TokenType.CONTROL)
        # Matrix rows in multiples of 32, the block size ggml likes.
        while len(self.tokens) % 32:
            unused = f"<|unused{len(self.tokens)}|>"
            self._add(unused, unused, gguf.TokenType.UNUSED)

    def _add(self, name, spelling, token_type):
        self.ids[name] = len(self.tokens)
        self.tokens.append(spelling)
        self.types.append(token_type)

    def spell(self, word):
        return "".join(self.alphabet[byte] for byte in word.encode())

    def __len__(self):
        return len(self.tokens)


def check_words(fim, chat):
    words = fim + chat
    short = [word for word in words if len(word.encode()) < 2]
    if short:
        raise SystemExit(f"a word needs two bytes or more: {short}")
    if len(set(words)) != len(words):
        raise SystemExit("a word may appear only once: the model looks at the last token alone")
    if 2 + len(words) + len(CONTROL) > DIM:
        raise SystemExit(f"at most {DIM - 2 - len(CONTROL)} words fit")


def successors(vocabulary, fim, chat):
    """The table `chain` follows: token id -> token id."""
    table = {}
    chains = [
        (vocabulary.ids[FIM_MIDDLE], fim, vocabulary.ids[END_OF_TEXT]),
        (ord("\n"), chat, vocabulary.ids[TURN_END]),
    ]
    for start, words, end in chains:
        last = start
        for word in words:
            table[last] = vocabulary.ids[word]
            last = vocabulary.ids[word]
        table[last] = end
    for byte in range(256):
        table.setdefault(byte, vocabulary.ids[fim[0]])
    return table


def chain_matrices(vocabulary, table, random):
    """Embeddings and output matrix under which the likeliest next token is the table's."""
    directions = np.linalg.qr(random.standard_normal((DIM, DIM)))[0].astype(np.float32)
    # All bytes but the line break have the same successor, so they share one direction.
    direction_of = {byte: 0 for byte in range(256)}
    direction_of[ord("\n")] = 1
    direction_of.update({token: 2 + n for n, token in enumerate(vocabulary.ids.values())
                         if 2 + n < DIM})

    embeddings = np.zeros((len(vocabulary), DIM), np.float32)
    for token, direction in direction_of.items():
        # Length sqrt(DIM), which the normalisation before the output matrix leaves as it is.
        embeddings[token] = directions[direction] * np.sqrt(DIM)
    output = np.zeros((len(vocabulary), DIM), np.float32)
    for direction, successor in {(direction_of[last], next_) for last, next_ in table.items()}:
        output[successor] += directions[direction] * 4.0

    logits = embeddings @ output.T
    wrong = [last for last, successor in table.items() if logits[last].argmax() != successor]
    assert not wrong, f"the matrices do not follow the table at {wrong}"
    return embeddings, output


def random_matrices(vocabulary, random):
    """Embeddings and output matrix that are noise, save that control tokens are never likely."""
    size = (len(vocabulary), DIM)
    embeddings = random.standard_normal(size).astype(np.float32)
    embeddings[:, 0] = 8.0
    output = (random.standard_normal(size) * 0.05).astype(np.float32)
    output[:, 0] = 0.0
    for token in range(256, len(vocabulary)):
        if vocabulary.types[token] != gguf.TokenType.NORMAL:
            output[token, 0] = -10.0
    return embeddings, output


def write(path, name, vocabulary, embeddings, output, layer_output_scale, random):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(DIM)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(DIM // HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(len(vocabulary))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)

    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    # Loaders insist on a merge; this one joins two NUL bytes, which no text holds.
    writer.add_token_merges([f"{vocabulary.alphabet[0]} {vocabulary.alphabet[0]}"])
    writer.add_bos_token_id(vocabulary.ids[END_OF_TEXT])
    writer.add_eos_token_id(vocabulary.ids[TURN_END])
    writer.add_eot_token_id(vocabulary.ids[END_OF_TEXT])
    writer.add_pad_token_id(vocabulary.ids[END_OF_TEXT])
    writer.add_add_bos_token(False)
    for key, token in FIM_KEYS.items():
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", vocabulary.ids[token])
    writer.add_chat_template(CHAT_TEMPLATE)

    def noise(*shape, scale=0.05):
        return (random.standard_normal(shape) * scale).astype(np.float32)

    ones = np.ones(DIM, np.float32)
    writer.add_tensor("token_embd.weight", embeddings)
    writer.add_tensor("output_norm.weight", ones)
    writer.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        writer.add_tensor(block + "attn_norm.weight", ones)
        writer.add_tensor(block + "ffn_norm.weight", ones)
        for part in ("attn_q", "attn_k", "attn_v"):
            writer.add_tensor(f"{block}{part}.weight", noise(DIM, DIM))
        for part in ("ffn_gate", "ffn_up"):
            writer.add_tensor(f"{block}{part}.weight", noise(FEED_FORWARD, DIM))
        writer.add_tensor(block + "attn_output.weight", noise(DIM, DIM, scale=layer_output_scale))
        writer.add_tensor(
            block + "ffn_down.weight", noise(DIM, FEED_FORWARD, scale=layer_output_scale)
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=["chain", "random"])
    parser.add_argument("out")
    parser.add_argument("--fim", nargs="+", default=FIM_WORDS, metavar="WORD")
    parser.add_argument("--chat", nargs="+", default=CHAT_WORDS, metavar="WORD")
    arguments = parser.parse_args()

    check_words(arguments.fim, arguments.chat)
    vocabulary = Vocabulary(arguments.fim + arguments.chat)
    random = np.random.default_rng(42)
    if arguments.mode == "chain":
        table = successors(vocabulary, arguments.fim, arguments.chat)
        embeddings, output = chain_matrices(vocabulary, table, random)
        layer_output_scale = 0.0
    else:
        embeddings, output = random_matrices(vocabulary, random)
        layer_output_scale = 0.05
    name = f"tiny-{arguments.mode}"
    write(arguments.out, name, vocabulary, embeddings, output, layer_output_scale, random)


if __name__ == "__main__":
    main()
