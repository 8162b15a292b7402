-- What came since an entry: indexing and reading ask for it at every turn, and must not go through all there is.

create index entry_evidence_since on entry_evidence (entry_id);

create index entry_blob_since on entry_blob (entry_id);
