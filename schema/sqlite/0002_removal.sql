-- Working state: digests of files that a disposal has yet to remove. They are written with the entry of the disposal and
-- deleted when the files are gone, so that a disposal that was killed in between is finished; the entry itself must not
-- keep a digest, for it would tell whoever has the file that it was here.

create table removal (
    sha256 text not null primary key
);
