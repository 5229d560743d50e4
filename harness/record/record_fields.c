/* record_fields.c - the scalar fields as a table. */
#include "harness/record/record.h"

const struct record_field record_fields[] = {
#define ROW(path_, member_, kind_)   \
    {.path = path_,                  \
     .member = #member_,             \
     .member_size = sizeof #member_, \
     .kind = kind_,                  \
     .offset = offsetof(struct run_record, member_)},
#define RECORD_TEXT(path, member)  ROW(path, member, RECORD_KIND_TEXT)
#define RECORD_U64(path, member)   ROW(path, member, RECORD_KIND_U64)
#define RECORD_I64(path, member)   ROW(path, member, RECORD_KIND_I64)
#define RECORD_F64(path, member)   ROW(path, member, RECORD_KIND_F64)
#define RECORD_BOOL(path, member)  ROW(path, member, RECORD_KIND_BOOL)
#define RECORD_HEX(path, member)   ROW(path, member, RECORD_KIND_HEX)
#define RECORD_MAYBE(path, member) ROW(path, member, RECORD_KIND_MAYBE)
#include "harness/record/record_fields.def"
};

const size_t record_field_count = sizeof record_fields / sizeof record_fields[0];
