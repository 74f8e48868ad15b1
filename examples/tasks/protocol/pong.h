#ifndef PROTOCOL_PONG_H
#define PROTOCOL_PONG_H

enum pong_operation {
    PONG_HIT,   /* replies a u32: how often it was hit */
    PONG_WHERE, /* replies a u32: the address of that count, which nobody else may touch */
};

#endif
