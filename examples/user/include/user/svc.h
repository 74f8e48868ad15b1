/* The system call itself, for syscalls.h and for who wants to call wrongly. */
#ifndef USER_SVC_H
#define USER_SVC_H

#include <stdint.h>

struct svc_result {
    uint32_t r0;
    uint32_t r1;
    uint32_t r2;
};

static inline struct svc_result svc(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    register uint32_t r0 __asm__("r0") = a;
    register uint32_t r1 __asm__("r1") = b;
    register uint32_t r2 __asm__("r2") = c;
    register uint32_t r3 __asm__("r3") = d;
    register uint32_t r12 __asm__("r12") = number;
    __asm__ volatile("svc 0" : "+r"(r0), "+r"(r1), "+r"(r2) : "r"(r3), "r"(r12) : "memory");
    return (struct svc_result){r0, r1, r2};
}

#endif
