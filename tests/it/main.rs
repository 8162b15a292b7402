//! Every story of the archive, in one binary.
