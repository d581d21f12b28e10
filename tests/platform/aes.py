"""AES-CBC with PKCS#7 in plain Python, so that client and server here share no code with the product.

Written from FIPS 197. Slow, and meant for a few thousand short fields."""

import base64


def _sbox():
    """Inverse in GF(2^8), then the affine map."""
    box, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ (p << 1) & 0xFF ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        rotated = [(q << n | q >> (8 - n)) & 0xFF for n in range(5)]
        box[p] = rotated[0] ^ rotated[1] ^ rotated[2] ^ rotated[3] ^ rotated[4] ^ 0x63
        if p == 1:
            box[0] = 0x63
            return box


SBOX = _sbox()
INVERSE = [SBOX.index(n) for n in range(256)]


def _times(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


TIMES = {factor: [_times(n, factor) for n in range(256)] for factor in (2, 3, 9, 11, 13, 14)}


def _round_keys(key):
    words, per_key, constant = [list(key[n:n + 4]) for n in range(0, len(key), 4)], len(key) // 4, 1
    for n in range(per_key, 4 * (per_key + 7)):
        word = list(words[-1])
        if n % per_key == 0:
            word = [SBOX[b] for b in word[1:] + word[:1]]
            word[0] ^= constant
            constant = _times(constant, 2)
        elif per_key > 6 and n % per_key == 4:
            word = [SBOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[n - per_key], word)])
    return [sum(words[n:n + 4], []) for n in range(0, len(words), 4)]


def _mix(state, factors):
    a, b, c, d = factors
    table = {1: range(256), **TIMES}
    mixed = []
    for n in range(0, 16, 4):
        w, x, y, z = state[n:n + 4]
        for row in ((w, x, y, z), (x, y, z, w), (y, z, w, x), (z, w, x, y)):
            mixed.append(table[a][row[0]] ^ table[b][row[1]] ^ table[c][row[2]] ^ table[d][row[3]])
    return mixed


SHIFT = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11]
UNSHIFT = [SHIFT.index(n) for n in range(16)]


def _seal(block, keys):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number, key in enumerate(keys[1:], 1):
        state = [SBOX[state[n]] for n in SHIFT]
        if number < len(keys) - 1:
            state = _mix(state, (2, 3, 1, 1))
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def _open(block, keys):
    state = [a ^ b for a, b in zip(block, keys[-1])]
    for number in range(len(keys) - 2, -1, -1):
        state = [INVERSE[state[n]] for n in UNSHIFT]
        state = [a ^ b for a, b in zip(state, keys[number])]
        if number:
            state = _mix(state, (14, 11, 13, 9))
    return bytes(state)


def encrypt(plain, secret):
    """Text to Base64; the secret's text is the key, its first half the start vector (platform-api.md 3.3)."""
    key = secret.encode()[:32]
    keys, last, sealed = _round_keys(key), key[:16], b""
    data = plain.encode()
    data += bytes([16 - len(data) % 16]) * (16 - len(data) % 16)
    for at in range(0, len(data), 16):
        last = _seal(bytes(a ^ b for a, b in zip(data[at:at + 16], last)), keys)
        sealed += last
    return base64.b64encode(sealed).decode()


def decrypt(sealed, secret):
    """Base64, also with line breaks, to text; ValueError when it was sealed with another secret."""
    key = secret.encode()[:32]
    keys, last, plain = _round_keys(key), key[:16], b""
    data = base64.b64decode("".join(sealed.split()), validate=True)
    if not data or len(data) % 16:
        raise ValueError("not whole blocks")
    for at in range(0, len(data), 16):
        block = data[at:at + 16]
        plain += bytes(a ^ b for a, b in zip(_open(block, keys), last))
        last = block
    padding = plain[-1]
    if not 1 <= padding <= 16 or plain[-padding:] != bytes([padding]) * padding:
        raise ValueError("wrong padding")
    return plain[:-padding].decode()
