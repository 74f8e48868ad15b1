#ifndef PROTOCOL_SUPERVISOR_H
#define PROTOCOL_SUPERVISOR_H

enum supervisor_operation {
    SUPERVISOR_WELL,    /* the sender has done another round of its work, and found all right */
    SUPERVISOR_DONE,    /* the saboteur has nothing left to attempt */
    SUPERVISOR_RETRIES, /* the sender's server was restarted while it worked for the sender */
};

#endif
