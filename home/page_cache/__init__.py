"""Whole pages kept ready, one variant for each access class: never one for a person.

From bottom to top:

models      the generation of everything that pages show; triggers renew it
watch       hears of every change within moments, or says that it is deaf
classes     what the gate's answers are for one class of readers (pure)
cookie      the signed word of who reads, and since when
readers     which class the readers have that this process has met
shelf       where finished pages stand
storing     which answers may be kept, and for whom
middleware  takes a page from the shelf, or puts it there
"""
