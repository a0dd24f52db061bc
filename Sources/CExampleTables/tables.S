// The example tables as they lie in Examples/, put into the binary's read-only data.
.macro table name
    .section .rodata
    .balign 16
    .global martlet_example_\name
martlet_example_\name:
    .incbin "../../Examples/\name\().csv.gz"
martlet_example_\name\()_end:
    .global martlet_example_\name\()_size
    .balign 8
martlet_example_\name\()_size:
    .quad martlet_example_\name\()_end - martlet_example_\name
.endm

table iris
table titanic
table telco_churn
table insurance
table flights

.section .note.GNU-stack,"",@progbits
