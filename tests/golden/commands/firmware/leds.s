    .syntax unified
    .cpu cortex-m4
    .thumb

    .text
    .global _start
    .type _start, %function
    .thumb_func
_start:
    ldr r0, =pattern
    ldr r1, [r0]
    svc 0
    svc 1
    .size _start, . - _start

    .data
    .type pattern, %object
pattern:
    .word 0x55aa55aa
    .size pattern, 4
