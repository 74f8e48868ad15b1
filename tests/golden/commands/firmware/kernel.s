@ Never runs: an image whose every size is known, whatever the compiler.
    .syntax unified
    .cpu cortex-m4
    .thumb

    .section .vectors, "a"
    .word __stack_top
    .word reset_handler
    .word imgbuild_image
    .space 52

    .text
    .global reset_handler
    .type reset_handler, %function
    .thumb_func
reset_handler:
    ldr r0, =counter
    ldr r1, [r0]
    adds r1, #1
    str r1, [r0]
    b reset_handler
    .size reset_handler, . - reset_handler

    .bss
    .type counter, %object
counter:
    .space 64
    .size counter, 64
