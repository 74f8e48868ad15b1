#include "sign/keys/key_kind.h"

const char *key_kind_name(enum key_kind kind)
{
    switch (kind) {
    case KEY_P256:
        return "P-256";
    case KEY_P384:
        return "P-384";
    case KEY_RSA_3072:
        return "RSA-3072";
    case KEY_RSA_4096:
        return "RSA-4096";
    }
    return "";
}
