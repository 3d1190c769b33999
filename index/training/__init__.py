"""Training of the default encoder for this field: from public bilingual texts to the few layers that are shipped.

Nothing that serves or builds imports this package; it needs the extra ``train``. What comes out of it is
`index/models/field_layers.bin`, and its card says what went in.
"""
