    .syntax unified
    .cpu cortex-m4
    .thumb
    .cfi_sections .debug_frame

    .section .text._start, "ax"
    .global _start
    .type _start, %function
    .thumb_func
_start:
    ldr r0, =packets
    bl receive
    svc 1
    .size _start, . - _start

    .section .text.receive, "ax"
    .type receive, %function
    .thumb_func
receive:
    .cfi_startproc
    push {r4, lr}
    .cfi_def_cfa_offset 8
    .cfi_offset r4, -8
    .cfi_offset lr, -4
    ldr r4, [r0]
    str r4, [r0, #4]
    pop {r4, pc}
    .cfi_endproc
    .size receive, . - receive

    .data
    .type packets, %object
packets:
    .word 1, 2
    .size packets, 8

    .bss
    .space 600
